// A picture was opened: the seed, class, guidance and steps it was drawn with come back, and it is drawn again.
import { model } from './sessionStore.ts';
import { defaultSettings, setSettings } from './settingsStore.ts';
import { sampleBoth } from './trainerSession.ts';

export async function restoreDrawing(file: File): Promise<void> {
  // The PNG reader is needed once a picture comes, not before.
  const { recipeIn } = await import('./pictureRecipe.ts');
  const recipe = recipeIn(new Uint8Array(await file.arrayBuffer()), file.name);
  if (!recipe) return;
  const { seed, guidance, steps } = recipe.drawing;
  const label = Math.min(recipe.drawing.class, (model()?.config.classes ?? 1) - 1);
  const inRange = guidance >= 1 && guidance <= 10 ? guidance : defaultSettings.guidance;
  setSettings({ sampleSeed: seed, sampleClass: label, guidance: inRange, sampleSteps: steps });
  await sampleBoth();
}
