/** Host names that requests over HTTP may use in their Host header. */
import * as z from 'zod';
import { expects } from '../../lib/schema/builders.ts';

const error = expects('a host name', 'a name without a port, such as exhook.example.com or "*.example.com"');

const HostName = z
  .string({ error })
  .regex(
    /^(\*|(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*)$/,
    { error },
  );

export const hostNames = () =>
  z.array(HostName, { error: expects('a list', 'host names, such as [exhook.example.com]') }).prefault([]);
