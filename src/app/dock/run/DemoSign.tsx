// Marks figures that came with the page: what computed them, and that it was not this browser.
import { isDemoSummary, useDemo } from '../../../store/demo/demo.ts';
import { useSession } from '../../../store/sessionStore.ts';

export function DemoSign() {
  const isDemo = useSession((state) => isDemoSummary(state.run));
  const demo = useDemo((state) => state.demo);
  if (!isDemo || !demo) return null;
  const words = `Demo · ${demo.engine}`;
  return (
    <small
      className="demo-sign"
      data-demo
      title={`Computed on ${demo.engine}, not in this browser. Graft the plan again to have curves and figures of this machine.`}
    >
      {words}
    </small>
  );
}
