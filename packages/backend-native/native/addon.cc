// The surface of the addon towards JavaScript.
#include <napi.h>

#include <cstring>

#include "isa/dispatch.h"
#include "memory/allocator.h"
#include "pool/cores.h"
#include "pool/thread_pool.h"

namespace hadal {

namespace {

class NativeDevice : public Napi::ObjectWrap<NativeDevice> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "NativeDevice",
                       {InstanceMethod<&NativeDevice::allocate>("allocate"), InstanceMethod<&NativeDevice::free>("free"),
                        InstanceMethod<&NativeDevice::write>("write"), InstanceMethod<&NativeDevice::read>("read")});
  }

  explicit NativeDevice(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<NativeDevice>(info),
        pool_(info[0].As<Napi::Number>().Int32Value()),
        allocator_(info[1].As<Napi::Number>().DoubleValue()) {}

 private:
  static std::byte* addressOf(const Napi::Value& value) {
    return reinterpret_cast<std::byte*>(static_cast<std::uintptr_t>(value.As<Napi::Number>().DoubleValue()));
  }

  Napi::Value allocate(const Napi::CallbackInfo& info) {
    const auto bytes = static_cast<std::size_t>(info[0].As<Napi::Number>().DoubleValue());
    return Napi::Number::New(info.Env(), static_cast<double>(reinterpret_cast<std::uintptr_t>(allocator_.allocate(bytes))));
  }

  Napi::Value free(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), allocator_.free(addressOf(info[0])));
  }

  void write(const Napi::CallbackInfo& info) {
    const auto source = info[1].As<Napi::Uint8Array>();
    std::memcpy(addressOf(info[0]), source.Data(), source.ByteLength());
  }

  void read(const Napi::CallbackInfo& info) {
    auto target = info[1].As<Napi::Uint8Array>();
    std::memcpy(target.Data(), addressOf(info[0]), target.ByteLength());
  }

  ThreadPool pool_;
  Allocator allocator_;
};

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  try {
    exports.Set("instructionSet", kernelTable().name);
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, error.what());
  }
  exports.Set("availableCores", availableCores());
  exports.Set("NativeDevice", NativeDevice::define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(hadal, initialize)

}  // namespace hadal
