// Where a coach mark stands: right of its target where there is room, else above it, else below; never outside the window.

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Place {
  readonly left: number;
  readonly top: number;
  /** The edge of the mark that faces its target; null where there is no target. */
  readonly edge: 'left' | 'bottom' | 'top' | null;
  /** Of the pointer along that edge, from the mark's left or top. */
  readonly pointer: number;
}

type Size = Pick<Box, 'width' | 'height'>;

const distance = 12;
const margin = 8;

export function placeBeside(target: Box | null, mark: Size, room: Size): Place {
  const held = (value: number, size: number, all: number) =>
    Math.max(margin, Math.min(value, all - size - margin));
  const across = (value: number) => held(value, mark.width, room.width);
  const down = (value: number) => held(value, mark.height, room.height);
  if (!target)
    return {
      left: across((room.width - mark.width) / 2),
      top: down(room.height - mark.height - 64),
      edge: null,
      pointer: 0,
    };
  const middle = { x: target.left + target.width / 2, y: target.top + target.height / 2 };
  // Wide targets in the middle of the window have their marks above: beside them is what they act on.
  const isAtLeft = target.left + target.width < room.width / 3;
  const right = target.left + target.width + distance;
  if (isAtLeft && right + mark.width + margin <= room.width && target.top < room.height / 2) {
    const top = down(middle.y - mark.height / 2);
    return { left: right, top, edge: 'left', pointer: middle.y - top };
  }
  const left = across(middle.x - mark.width / 2);
  const above = target.top - distance - mark.height;
  if (above >= margin) return { left, top: above, edge: 'bottom', pointer: middle.x - left };
  return { left, top: down(target.top + target.height + distance), edge: 'top', pointer: middle.x - left };
}
