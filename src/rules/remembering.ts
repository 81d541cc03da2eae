/**
 * A function that remembers its last answers, for one that answers the same for ever and is asked
 * the same few things all day. At most `most` answers are kept; then it begins anew.
 */
export function remembering<Asked, Answer>(
  answer: (asked: Asked) => Answer,
  most: number,
): (asked: Asked) => Answer {
  const known = new Map<Asked, { answer: Answer }>();
  return (asked) => {
    const remembered = known.get(asked);
    if (remembered !== undefined) return remembered.answer;
    const found = { answer: answer(asked) };
    if (known.size >= most) known.clear();
    known.set(asked, found);
    return found.answer;
  };
}
