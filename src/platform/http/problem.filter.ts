import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../logging/log.service.js';
import { DomainError } from './domain-error.js';
import type { ErrorCode } from './error-codes.js';
import { problemReply } from './problem.js';

/** Turns whatever was thrown into a problem; what nobody foresaw is logged and not told. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    this.answer(error, request.id, http.getResponse<FastifyReply>());
  }

  answer(error: unknown, requestId: string, reply: FastifyReply): void {
    const refusal = refusalOf(error);
    if (refusal.code === 'internal_error' || refusal.code === 'unavailable') {
      this.log.event('error', 'A request failed', { requestId, err: error });
    }
    if (reply.sent || reply.raw.headersSent) {
      // Half an answer must not look whole.
      reply.raw.destroy();
      return;
    }
    const { status, headers, body } = problemReply(refusal, requestId);
    void reply.code(status).headers(headers).send(body);
  }
}

/** The refusal an error amounts to. */
export function refusalOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof HttpException) return byStatus(error.getStatus());
  if (!(error instanceof Error)) return byStatus(500);
  const driver: unknown = 'driverError' in error ? error.driverError : error;
  if (isPassing(driver) || isPassing(error)) {
    return new DomainError('unavailable', 'The service is not available for the moment.');
  }
  const status: unknown = 'statusCode' in error ? error.statusCode : undefined;
  return byStatus(typeof status === 'number' ? status : 500);
}

/** PostgreSQL's and the network's words for: not now. */
const passing =
  /^(?:08...|53...|57P0[123]|57014|55P03|40001|40P01|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE)$/;

/** Whether an error says that the database or the network is not there for the moment. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && passing.test(error.code)) return true;
  return /^(?:Connection terminated|timeout exceeded when trying to connect)/.test(error.message);
}

const byStatusCode: Readonly<Record<number, [ErrorCode, string]>> = {
  400: ['invalid_request', 'The request is malformed.'],
  401: ['unauthenticated', 'A valid credential is needed.'],
  403: ['forbidden', 'The credential does not allow this.'],
  404: ['not_found', 'There is nothing here.'],
  405: ['not_found', 'There is nothing here.'],
  408: ['request_timeout', 'The request took too long to arrive.'],
  413: ['payload_too_large', 'The body is larger than 256 KiB.'],
  414: ['not_found', 'There is nothing here.'],
  415: ['unsupported_media_type', 'The content type must be application/json.'],
  429: ['overloaded', 'Too many requests; come back in a second.'],
  503: ['unavailable', 'The service is not available for the moment.'],
};

function byStatus(status: number): DomainError {
  const [code, detail] = byStatusCode[status] ?? [
    status < 500 ? 'invalid_request' : 'internal_error',
    status < 500 ? 'The request is malformed.' : 'Something went wrong on our side.',
  ];
  return new DomainError(code, detail);
}
