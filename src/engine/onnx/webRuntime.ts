// ONNX Runtime in the browser: its WebGPU execution provider where there is a graphics processor, else WebAssembly with
// SIMD and as many threads as the page may have. Runs in a worker; every build of the runtime is loaded when first asked for.
import type { InferenceSession } from 'onnxruntime-common';
import { DeviceError } from '../../lib/errors.ts';
import { arrayTensor, ortSession } from './ortSession.ts';
import type { OrtRuntime } from './runtime.ts';
import { webgpuBuild } from './webBuilds.ts';
import { uploadToGpu } from './webGpuMemory.ts';

/** `auto` takes a graphics processor when there is a real one. */
export type WebDevice = 'auto' | 'wasm' | 'webgpu';

export interface WebRuntime {
  readonly runtime: OrtRuntime;
  /** Whether more than one processor core, or a graphics processor, does the work. */
  readonly parallel: boolean;
  /** A sentence for the person about what is wrong, if anything is. */
  readonly note: string | null;
  /** Why this device computes, where the person may wonder; nothing is wrong. */
  readonly remark: string | null;
}

const logErrorsOnly = 3;

/**
 * @param threads WebAssembly threads; chosen from the machine when absent
 * @throws DeviceError `no-webgpu` when `webgpu` was asked for and there is no adapter
 */
export async function webRuntime(
  choice: WebDevice,
  threads: number = usableThreads(navigator.hardwareConcurrency),
): Promise<WebRuntime> {
  if (choice === 'wasm') return wasmRuntime(threads, null);
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter && (choice === 'webgpu' || !isSoftware(adapter))) return webgpuRuntime(adapter);
  if (choice === 'webgpu') {
    throw new DeviceError(
      'no-webgpu',
      'This browser offers no WebGPU adapter; choose WebAssembly, or turn on hardware acceleration.',
    );
  }
  // A software adapter shares the processor with WebAssembly and is many times slower.
  const missing = adapter
    ? 'WebGPU is only emulated in software here'
    : 'This browser offers no WebGPU adapter';
  return wasmRuntime(threads, missing);
}

export function isSoftware(adapter: GPUAdapter): boolean {
  return (
    adapter.info.isFallbackAdapter ||
    /swiftshader|llvmpipe|lavapipe/i.test(Object.values(names(adapter)).join(' '))
  );
}

function names({ info: { vendor, architecture, device, description } }: GPUAdapter) {
  return { vendor, architecture, device, description };
}

/** All of a small machine; half the logical cores of a larger one, up to eight: beyond that memory is the limit. */
export function usableThreads(logicalCores: number): number {
  return logicalCores <= 4
    ? Math.max(1, logicalCores)
    : Math.max(4, Math.min(8, Math.floor(logicalCores / 2)));
}

async function wasmRuntime(wanted: number, missing: string | null): Promise<WebRuntime> {
  const threads = globalThis.crossOriginIsolated ? wanted : 1;
  const { wasmDevice } = await import('./wasm/index.ts');
  return {
    runtime: await wasmDevice(threads),
    parallel: threads > 1,
    ...wasmWords(threads, missing),
  };
}

/** What to tell the person about computing on the processor: one thread is a problem, several are a fact. */
export function wasmWords(threads: number, missing: string | null): Pick<WebRuntime, 'note' | 'remark'> {
  if (threads === 1) {
    const alone = globalThis.crossOriginIsolated
      ? 'This machine has one processor core, so training will be slow.'
      : 'This page is not cross-origin isolated, so WebAssembly has one thread and training will be slow.';
    return { note: missing ? `${missing}. ${alone}` : alone, remark: null };
  }
  return {
    note: null,
    remark: missing && `${missing}, so Scion computes on the processor with ${threads} threads.`,
  };
}

async function webgpuRuntime(adapter: GPUAdapter): Promise<WebRuntime> {
  const ort = await webgpuBuild();
  const device = await adapter.requestDevice({
    requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(wantedLimits.map((limit) => [limit, adapter.limits[limit]])),
  });
  const provider: InferenceSession.WebGpuExecutionProviderOption & { readonly device: GPUDevice } = {
    name: 'webgpu',
    device,
    // Shapes are static, so exact-size reuse finds every buffer again; the default buckets grow (spec: engine §5.4).
    storageBufferCacheMode: 'simple',
  };
  const software = isSoftware(adapter);
  const label =
    adapter.info.description || adapter.info.architecture || adapter.info.vendor || 'unnamed adapter';
  const options: InferenceSession.SessionOptions = {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    logSeverityLevel: logErrorsOnly,
  };
  return {
    runtime: {
      id: 'webgpu',
      description: `ONNX Runtime ${ort.env.versions.web ?? ''}, WebGPU, ${label}`,
      async createSession(model, onDevice) {
        const { InferenceSession } = ort;
        const locations = Object.fromEntries(onDevice.map((name) => [name, 'gpu-buffer' as const]));
        return ortSession(
          await InferenceSession.create(model, { ...options, preferredOutputLocation: locations }),
        );
      },
      host: (type, data, dims) => arrayTensor(ort.Tensor, type, data, dims),
      upload: (type, data, dims) => uploadToGpu(device, ort.Tensor, type, data, dims),
      writesInto: false,
      anyInputs: false,
      device,
      lost: device.lost.then(({ message, reason }) => message || reason),
      async dispose() {
        device.destroy();
      },
    },
    parallel: true,
    note: software ? 'WebGPU is emulated in software here; WebAssembly would be faster.' : null,
    remark: null,
  };
}

const wantedFeatures: readonly GPUFeatureName[] = ['shader-f16', 'subgroups'];

/** The defaults are the least that any device offers; models need what this one has. */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;
