// Zoom buttons with the present zoom, and fit.
import { useStore } from '@xyflow/react';
import { CommandButton } from '../parts/CommandButton.tsx';

const selectPercent = (state: { transform: [number, number, number] }) =>
  Math.round(state.transform[2] * 100);

export function Zoom() {
  const percent = useStore(selectPercent);
  return (
    <div className="zoom">
      <CommandButton id="view.zoomOut" />
      <span className="num">{percent}%</span>
      <CommandButton id="view.zoomIn" />
      <CommandButton id="view.fit" />
    </div>
  );
}
