// Which picture is shown large; null for none.
import { create } from 'zustand';

export const usePicked = create<{ readonly index: number | null }>()(() => ({ index: 0 }));
