import { type ComponentChild, render } from 'preact';
import { LanguageProvider } from '../text/language.tsx';
import '../style/base.css';

/** Puts a page's one component into its document. */
export function start(page: ComponentChild): void {
  const root = document.getElementById('app');
  if (root === null) throw new Error('the document has no #app');
  render(<LanguageProvider>{page}</LanguageProvider>, root);
}
