/** What a call manager process tells the process that started it, over IPC. */
export type CallManagerNews =
  | {
      readonly type: 'listening';
      readonly host: string;
      readonly sccpPort: number;
      readonly sccpTlsPort: number;
      /** For UDP and TCP; 0 when SIP is not served. */
      readonly sipPort: number;
      readonly sipTlsPort: number;
      /** HTTPS; 0 when the administration is not served. */
      readonly apiPort: number;
    }
  | { readonly type: 'registered'; readonly device: string; readonly how: string }
  | { readonly type: 'unregistered'; readonly device: string; readonly reason: string }
  | { readonly type: 'alarm'; readonly name: string; readonly text: string }
  | {
      readonly type: 'refusal';
      readonly device: string;
      readonly operation: string;
      readonly because: string;
    }
  | {
      readonly type: 'level';
      readonly conference: number;
      readonly from: string;
      readonly to: string;
      readonly because: string;
    };
