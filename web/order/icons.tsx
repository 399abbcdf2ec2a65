// Drawn here, so that no font or image has to be there.

interface Drawing {
  readonly path: string;
  readonly name: string;
}

function Icon({ path, name }: Drawing) {
  return (
    <svg class={`icon ${name}`} viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <circle cx="24" cy="24" r="22" />
      <path d={path} />
    </svg>
  );
}

export const Tick = () => <Icon name="tick" path="M14 25l7 7 14-15" />;
export const Cross = () => <Icon name="cross" path="M16 16l16 16M32 16L16 32" />;
export const Clock = () => <Icon name="clock" path="M24 12v13l8 5" />;
export const Return = () => <Icon name="return" path="M21 15l-7 7 7 7M14 22h13a7 7 0 0 1 0 14h-4" />;
export const Phone = () => <Icon name="phone" path="M18 12h12v24H18zM23 32h2" />;
export const Spinner = () => <Icon name="spinner" path="M24 2a22 22 0 0 1 22 22" />;

/** The backspace key's own sign; wider than a letter, so drawn too. */
export function BackspaceSign() {
  return (
    <svg class="sign" viewBox="0 0 32 24" aria-hidden="true" focusable="false">
      <path d="M10 3h19v18H10L2 12zM15 8l8 8M23 8l-8 8" />
    </svg>
  );
}
