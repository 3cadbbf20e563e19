/** Asks before somebody leaves a page with what he has typed and not saved. */
import { useEffect } from 'react';

/** Undefined: nothing would be lost. */
let question: string | undefined;

/** What is asked while this page is shown; undefined: nothing. */
export function useLeaveQuestion(text: string | undefined): void {
  useEffect(() => {
    question = text;
    // Another site, or a reload: the browser asks in its own words.
    const ask = (event: BeforeUnloadEvent): void => {
      if (text !== undefined) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => {
      question = undefined;
      window.removeEventListener('beforeunload', ask);
    };
  }, [text]);
}

export function mayLeave(): boolean {
  return question === undefined || window.confirm(question);
}
