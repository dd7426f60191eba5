// Names of emoji in words.

/** `smiling-face-with-heart-eyes` → `Smiling face with heart eyes`. */
export function emojiName(id: string | undefined): string {
  if (id === undefined) return '';
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
