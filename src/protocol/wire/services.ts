/** The service descriptors, for transports that route by them. */
export {
  Health,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from '../../../gen/grpc/health/v1/health_pb.ts';
