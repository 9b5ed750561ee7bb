import { describe, expect, it, vi } from 'vitest';

const os = vi.hoisted(() => ({ getPriority: vi.fn(() => 0), setPriority: vi.fn() }));
vi.mock('node:os', async (original) => ({ ...(await original<object>()), ...os }));

const { lowerThread } = await import('../../../src/lib/offload/priority.ts');

describe.runIf(process.platform === 'linux')('lowerThread', () => {
  it('lowers the priority of the thread', () => {
    lowerThread();
    expect(os.setPriority).toHaveBeenCalledExactlyOnceWith(0, 10);
  });

  it('leaves a priority that is lower already, since nobody may raise it', () => {
    os.setPriority.mockClear();
    os.getPriority.mockReturnValueOnce(15);
    lowerThread();
    expect(os.setPriority).not.toHaveBeenCalled();
  });

  it('continues if a system call filter forbids it', () => {
    os.setPriority.mockImplementationOnce(() => {
      throw new Error('uv_os_setpriority returned EPERM');
    });
    expect(() => lowerThread()).not.toThrow();
    expect(os.setPriority).toHaveBeenCalled();
  });
});
