import { mediaTypeName } from '../lib/media-type.ts';

/** Is the media type gRPC's, and neither gRPC-Web's nor Connect's? Brokers write it in one of the first two ways. */
export function isGrpcType(contentType: string): boolean {
  if (contentType === 'application/grpc+proto' || contentType === 'application/grpc') return true;
  return /^application\/grpc(?:$|\+)/.test(mediaTypeName(contentType));
}
