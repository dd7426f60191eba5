// One icon of the family; decoration unless it is given a label.
import { type IconName, shapes } from './shapes.ts';

export function Icon({ name, label }: { name: IconName; label?: string }) {
  const accessible = label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true };
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: decoration is hidden; with a label it is an image with that name.
    <svg className="icon" viewBox="0 0 16 16" {...accessible}>
      {shapes[name].map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}
