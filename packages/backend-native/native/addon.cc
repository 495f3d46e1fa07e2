// The surface of the addon towards JavaScript.
#include <napi.h>

#if !defined(_WIN32)
#include <dlfcn.h>
#endif

#include "device.h"
#include "isa/dispatch.h"
#include "pool/cores.h"

namespace {

// Threads of the pool outlive the worker that loads the addon first, and its end must not unmap the code they run.
void stayLoaded() {
#if !defined(_WIN32)
  Dl_info library;
  if (dladdr(reinterpret_cast<void*>(&stayLoaded), &library) != 0) dlopen(library.dli_fname, RTLD_NOW | RTLD_NODELETE);
#endif
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  try {
    exports.Set("instructionSet", hadal::kernelTable().name);
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, error.what());
  }
  stayLoaded();
  exports.Set("availableCores", hadal::availableCores());
  exports.Set("NativeDevice", hadal::NativeDevice::define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(hadal, initialize)
