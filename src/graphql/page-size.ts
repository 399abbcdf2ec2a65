/** How many edges a page of any list has unless the caller says otherwise. */
export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;
