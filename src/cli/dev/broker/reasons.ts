/** EMQX's names for reason codes of MQTT 5, and for the return codes of MQTT 3.1.1. */

const names: Readonly<Record<number, string>> = {
  0: 'success',
  4: 'disconnect_with_will_message',
  128: 'unspecified_error',
  129: 'malformed_packet',
  130: 'protocol_error',
  131: 'implementation_specific_error',
  132: 'unsupported_protocol_version',
  133: 'client_identifier_not_valid',
  134: 'bad_username_or_password',
  135: 'not_authorized',
  136: 'server_unavailable',
  137: 'server_busy',
  138: 'banned',
  139: 'server_shutting_down',
  140: 'bad_authentication_method',
  141: 'keepalive_timeout',
  142: 'session_taken_over',
  144: 'topic_name_invalid',
  147: 'receive_maximum_exceeded',
  148: 'topic_alias_invalid',
  149: 'packet_too_large',
  150: 'message_rate_too_high',
  151: 'quota_exceeded',
  152: 'administrative_action',
  153: 'payload_format_invalid',
};

/** Return codes of CONNACK in MQTT 3.1.1, as reason codes of MQTT 5. */
const returnCodes = [0, 132, 133, 136, 134, 135] as const;

export function nameReason(code: number): string {
  return names[code] ?? 'unknown_error';
}

/** `result_code` of client.connack. */
export function nameConnack({
  reasonCode,
  returnCode,
}: {
  readonly reasonCode?: number | undefined;
  readonly returnCode?: number | undefined;
}): string {
  return nameReason(reasonCode ?? returnCodes[returnCode ?? 0] ?? 128);
}

/** `reason` of client.disconnected for a DISCONNECT packet. */
export function nameDisconnect(code: number | undefined): string {
  return code === undefined || code === 0 ? 'normal' : nameReason(code);
}

/** Reason codes that the dev broker writes itself. */
export const Reason = {
  SUCCESS: 0x00,
  NO_MATCHING_SUBSCRIBERS: 0x10,
  IMPLEMENTATION_SPECIFIC_ERROR: 0x83,
  NOT_AUTHORIZED: 0x87,
} as const;
