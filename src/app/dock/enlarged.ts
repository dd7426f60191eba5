// Does the dock fill the window? Curves and pictures are read better large; Escape brings the canvas back.
import { create } from 'zustand';

export const useEnlarged = create<{ readonly enlarged: boolean }>()(() => ({ enlarged: false }));

export function setEnlarged(enlarged: boolean): void {
  useEnlarged.setState({ enlarged });
}
