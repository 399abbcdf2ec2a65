/** Something that is handed over at most once and forgotten with it. */
export interface Once<Value> {
  take(): Value | undefined;
}

export function once<Value>(value: Value): Once<Value> {
  let held: Value | undefined = value;
  return {
    take() {
      const taken = held;
      held = undefined;
      return taken;
    },
  };
}
