/** What takes the full width of a page; lengths in points, 72 to an inch. */
export interface Block {
  readonly height: number;
  /** Empty above it, but for the top of a page. */
  readonly space?: number;
  /** What must be free for it and what follows it at once, where that is more than its height. */
  readonly needs?: number;
  /** Goes above it again where it begins a page. */
  readonly head?: Block;
  /** Begins a page, however much the one before has left. */
  readonly onNewPage?: boolean;
  readonly draw: (top: number) => void;
}

/** A block and how far below the top of its page's text it begins. */
export interface PlacedBlock {
  readonly top: number;
  readonly block: Block;
}

/** The blocks in their order on as few pages of this height as hold them; one that is higher has a page of its own. */
export function pagesOf(blocks: readonly Block[], height: number): readonly (readonly PlacedBlock[])[] {
  let page: PlacedBlock[] = [];
  let filled = 0;
  const pages = [page];
  const place = (block: Block, space: number): void => {
    page.push({ top: filled + space, block });
    filled += space + block.height;
  };
  for (const block of blocks) {
    const { space = 0, needs = 0, head, onNewPage = false } = block;
    const isFull = onNewPage || filled + space + Math.max(needs, block.height) > height;
    if (!isFull || page.length === 0) {
      place(block, page.length === 0 ? 0 : space);
      continue;
    }
    page = [];
    filled = 0;
    pages.push(page);
    if (head !== undefined) place(head, 0);
    place(block, 0);
  }
  return pages;
}
