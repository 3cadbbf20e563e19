/**
 * What some clients of others do that nothing in their messages tells but their name. Nobody becomes more
 * by claiming another name: each quirk asks for less, or gives less.
 */

export interface ClientQuirks {
  /**
   * Gives up at the sight of any digest algorithm but MD5, where it should take what it knows.
   * [observed] baresip 1.0.0 with libre 1.1.0; [doc] baresip 3.10.1 (its issue 3006), before libre's 3.12.
   */
  readonly knowsMd5Only: boolean;
  /**
   * Never takes another SRTP key within a call: one in a re-INVITE is read and not used, in either
   * direction. [observed] baresip 1.0.0.
   */
  readonly keepsKeys: boolean;
}

/** `userAgent`: as the client calls itself in User-Agent; '' if it does not. */
export function clientQuirksOf(userAgent: string): ClientQuirks {
  return {
    knowsMd5Only: /^baresip v(?:[0-2]\.|3\.(?:\d|1[01])\.)/.test(userAgent),
    keepsKeys: /^baresip v[01]\./.test(userAgent),
  };
}
