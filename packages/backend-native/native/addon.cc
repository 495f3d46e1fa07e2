// The surface of the addon towards JavaScript.
#include <napi.h>

#include "device.h"
#include "isa/dispatch.h"
#include "pool/cores.h"

namespace {

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  try {
    exports.Set("instructionSet", hadal::kernelTable().name);
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, error.what());
  }
  exports.Set("availableCores", hadal::availableCores());
  exports.Set("NativeDevice", hadal::NativeDevice::define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(hadal, initialize)
