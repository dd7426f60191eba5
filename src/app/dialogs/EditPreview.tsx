// What an edit would change, before it is made: the first slots before → after, and the sum over the model.
import type { Plan } from '../../plan/plan.ts';
import { slotLabel } from '../../plan/slots.ts';
import { planDifference, settingLabel } from '../../store/planDiff.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { compact, macs } from '../format/numbers.ts';
import { Icon } from '../icons/Icon.tsx';
import { Change, Num } from '../parts/Num.tsx';

const mostRows = 4;

export function EditPreview({ before, after, shape }: { before: Plan; after: Plan; shape: DitShape }) {
  const { slots, settings, parameters, macs: work } = planDifference(before, after, shape);
  const more = slots.length - mostRows;
  return (
    <>
      {slots.slice(0, mostRows).map((row) => (
        <div key={row.slot} className="preview-row">
          <span className="where">{slotLabel(row.slot)}</span>
          <span className="was">{row.before}</span>
          <Icon name="arrow" />
          <span>{row.after}</span>
          <span className="num">
            <Change {...row.macs} /> MACs
          </span>
        </div>
      ))}
      {more > 0 && <div className="preview-row more">and {more} more</div>}
      {settings.map((row) => (
        <div key={row.name} className="preview-row">
          <span className="where">{settingLabel(row.name)}</span>
          <span className="was">{String(row.before)}</span>
          <Icon name="arrow" />
          <span>{String(row.after)}</span>
          <span />
        </div>
      ))}
      {slots.length > 0 && (
        <div className="preview-sum">
          <span>Model</span>
          <Num {...compact(parameters.now)} /> <span className="unit">params</span> <Change {...parameters} />
          <span className="gap" />
          <Num {...macs(work.now)} /> <Change {...work} />
        </div>
      )}
    </>
  );
}
