/** True for a pane that another one stands in front of. */
export function isHidden(pane: HTMLElement | null): boolean {
  return pane?.offsetParent == null;
}
