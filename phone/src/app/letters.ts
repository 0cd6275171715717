/**
 * The size of the letters, before anything is drawn: a copy beside the settings, which are read once the first screen is
 * there. Without it, or with a lost one, the letters are of the ordinary size for a moment.
 */
const KEPT = "dudao-letters";

/** Per cent of the ordinary size. */
export function letters(scale: number): void {
  document.documentElement.style.fontSize = `${scale}%`;
  try {
    localStorage.setItem(KEPT, String(scale));
  } catch {
    // a browser that keeps nothing here
  }
}

export function lettersAsBefore(): void {
  try {
    const scale = Number(localStorage.getItem(KEPT));
    if (scale >= 100 && scale <= 150) document.documentElement.style.fontSize = `${scale}%`;
  } catch {
    // likewise
  }
}
