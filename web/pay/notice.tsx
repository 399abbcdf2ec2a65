interface NoticeProps {
  readonly title: string;
  readonly hint: string;
  readonly button?: string;
  readonly onButton?: () => void;
}

/** A page that has nothing to show but a sentence, and perhaps one thing to do. */
export function Notice({ title, hint, button, onButton }: NoticeProps) {
  return (
    <div class="card notice" role="status">
      <h2>{title}</h2>
      {hint !== '' && <p>{hint}</p>}
      {button !== undefined && (
        <button type="button" class="main" onClick={onButton}>
          {button}
        </button>
      )}
    </div>
  );
}
