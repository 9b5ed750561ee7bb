import { mediaTypeName } from '../lib/media-type.ts';

/** Whether the media type is gRPC's, not gRPC-Web's or Connect's. Brokers use one of the first two forms. */
export function isGrpcType(contentType: string): boolean {
  if (contentType === 'application/grpc+proto' || contentType === 'application/grpc') return true;
  return /^application\/grpc(?:$|\+)/.test(mediaTypeName(contentType));
}
