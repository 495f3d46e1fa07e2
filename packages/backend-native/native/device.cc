#include "device.h"

#include <cstring>

#include "memory/huge_pages.h"

namespace hadal {

namespace {

std::byte* addressOf(const Napi::Value& value) {
  return reinterpret_cast<std::byte*>(static_cast<std::uintptr_t>(value.As<Napi::Number>().DoubleValue()));
}

Napi::Value numberOf(Napi::Env env, const void* address) {
  return Napi::Number::New(env, static_cast<double>(reinterpret_cast<std::uintptr_t>(address)));
}

// To an array that is new, so that its pages are touched here for the first time.
void copyToArray(std::uint8_t* to, const std::byte* from, std::size_t bytes) {
  adviseHugePages(to, bytes);
  std::memcpy(to, from, bytes);
}

}  // namespace

Napi::Function NativeDevice::define(Napi::Env env) {
  return DefineClass(env, "NativeDevice",
                     {
                         InstanceMethod<&NativeDevice::allocate>("allocate"),
                         InstanceMethod<&NativeDevice::free>("free"),
                         InstanceMethod<&NativeDevice::usedBytes>("usedBytes"),
                         InstanceMethod<&NativeDevice::write>("write"),
                         InstanceMethod<&NativeDevice::readNow>("readNow"),
                         InstanceMethod<&NativeDevice::readLater>("readLater"),
                         InstanceMethod<&NativeDevice::prepareLoop>("prepareLoop"),
                         InstanceMethod<&NativeDevice::prepareLibrary>("prepareLibrary"),
                         InstanceMethod<&NativeDevice::useProgram>("useProgram"),
                         InstanceMethod<&NativeDevice::run>("run"),
                         InstanceMethod<&NativeDevice::waitUntilIdle>("waitUntilIdle"),
                         InstanceMethod<&NativeDevice::sync>("sync"),
                         InstanceMethod<&NativeDevice::close>("close"),
                     });
}

NativeDevice::NativeDevice(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<NativeDevice>(info), allocator_(info[1].As<Napi::Number>().DoubleValue()) {
  const Napi::Env env = info.Env();
  completions_ = Completions::New(env, "hadal", 0, 1, this);
  // Only what is waited for keeps the process alive.
  completions_.Unref(env);
  executor_ = std::make_unique<Executor>(info[0].As<Napi::Number>().Int32Value(), kept_, [this](Completion completion) {
    completions_.NonBlockingCall(new Completion(std::move(completion)));
  });
  // Hooks run last first: before the thread-safe function is torn down, and before memory goes.
  napi_add_env_cleanup_hook(env, tearDown, this);
}

NativeDevice::~NativeDevice() {
  // Once the environment is torn down, hook and thread-safe function are gone.
  if (isTornDown_) return;
  napi_remove_env_cleanup_hook(Env(), tearDown, this);
  executor_->stop();
  completions_.Release();
}

void NativeDevice::tearDown(void* data) {
  auto* device = static_cast<NativeDevice*>(data);
  device->isTornDown_ = true;
  device->executor_->stop();
}

void NativeDevice::complete(Napi::Env env, Napi::Function, NativeDevice* device, Completion* data) {
  const std::unique_ptr<Completion> completion(data);
  // The environment is being torn down: nobody listens any more.
  if (env == nullptr) return;
  const Napi::HandleScope scope(env);
  const auto found = device->pending_.find(completion->ticket);
  if (found == device->pending_.end()) return;
  const Pending pending = std::move(found->second);
  device->pending_.erase(found);
  if (device->pending_.empty()) {
    device->completions_.Unref(env);
    device->Unref();
  }
  if (completion->fault) {
    pending.deferred.Reject(Napi::Error::New(env, *completion->fault).Value());
  } else {
    pending.deferred.Resolve(env.Undefined());
  }
}

Napi::Value NativeDevice::allocate(const Napi::CallbackInfo& info) {
  const auto bytes = static_cast<std::size_t>(info[0].As<Napi::Number>().DoubleValue());
  std::byte* address = allocator_.allocate(bytes);
  if (address == nullptr) {
    // What can be packed again has to make room.
    executor_->waitUntilIdle();
    kept_.clear();
    address = allocator_.allocate(bytes);
  }
  return numberOf(info.Env(), address);
}

void NativeDevice::free(const Napi::CallbackInfo& info) {
  std::byte* address = addressOf(info[0]);
  if (!allocator_.isUsed(address)) throw Napi::Error::New(info.Env(), "no range is in use at this address");
  executor_->perform([this, address] { kept_.drop(address, allocator_.free(address)); });
}

Napi::Value NativeDevice::usedBytes(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(allocator_.usedBytes()));
}

void NativeDevice::write(const Napi::CallbackInfo& info) {
  std::byte* to = addressOf(info[0]);
  auto source = info[1].As<Napi::Uint8Array>();
  if (executor_->isIdle()) {
    std::memcpy(to, source.Data(), source.ByteLength());
    return;
  }
  // The caller may change its array at once.
  auto bytes = std::make_shared<std::vector<std::uint8_t>>(source.Data(), source.Data() + source.ByteLength());
  executor_->perform([to, bytes] { std::memcpy(to, bytes->data(), bytes->size()); });
}

void NativeDevice::throwFault(Napi::Env env) {
  if (const auto fault = executor_->takeFault()) throw Napi::Error::New(env, *fault);
}

Napi::Value NativeDevice::readNow(const Napi::CallbackInfo& info) {
  if (!executor_->isIdle()) return Napi::Boolean::New(info.Env(), false);
  throwFault(info.Env());
  auto target = info[1].As<Napi::Uint8Array>();
  copyToArray(target.Data(), addressOf(info[0]), target.ByteLength());
  return Napi::Boolean::New(info.Env(), true);
}

Napi::Value NativeDevice::readLater(const Napi::CallbackInfo& info) {
  const std::byte* from = addressOf(info[0]);
  auto target = info[1].As<Napi::Uint8Array>();
  std::uint8_t* to = target.Data();
  const std::size_t bytes = target.ByteLength();
  return promise([from, to, bytes] { copyToArray(to, from, bytes); }, target);
}

Napi::Value NativeDevice::promise(std::function<void()> work, Napi::Object target) {
  const Napi::Env env = Env();
  if (pending_.empty()) {
    completions_.Ref(env);
    Ref();
  }
  const std::uint64_t ticket = nextTicket_++;
  Pending pending{Napi::Promise::Deferred::New(env), Napi::Persistent(target)};
  const Napi::Value result = pending.deferred.Promise();
  pending_.emplace(ticket, std::move(pending));
  executor_->submit(ticket, std::move(work));
  return result;
}

Napi::Value NativeDevice::keep(std::unique_ptr<Kernel> kernel) {
  kernels_.push_back(std::move(kernel));
  return numberOf(Env(), kernels_.back().get());
}

Napi::Value NativeDevice::prepareLoop(const Napi::CallbackInfo& info) {
  auto words = info[1].As<Napi::Float64Array>();
  WordReader reader(words.Data(), words.ElementLength());
  auto kernel = std::make_unique<Kernel>();
  kernel->loop = std::make_unique<LoopKernel>(decodeLoopProgram(info[0].As<Napi::String>(), reader));
  return keep(std::move(kernel));
}

Napi::Value NativeDevice::prepareLibrary(const Napi::CallbackInfo& info) {
  auto words = info[0].As<Napi::Float64Array>();
  auto kernel = std::make_unique<Kernel>();
  kernel->library = makeLibraryKernel(words.Data(), words.ElementLength());
  return keep(std::move(kernel));
}

void NativeDevice::useProgram(const Napi::CallbackInfo& info) {
  auto words = info[0].As<Napi::Float64Array>();
  programArray_ = Napi::Persistent(words.As<Napi::Object>());
  program_ = words.Data();
}

void NativeDevice::run(const Napi::CallbackInfo& info) {
  executor_->run(program_, static_cast<std::size_t>(info[0].As<Napi::Number>().Uint32Value()));
}

void NativeDevice::waitUntilIdle(const Napi::CallbackInfo&) { executor_->waitUntilIdle(); }

Napi::Value NativeDevice::sync(const Napi::CallbackInfo& info) {
  if (executor_->isIdle()) {
    // Another thread would only take the time of waking it.
    const auto fault = executor_->takeFault();
    const auto deferred = Napi::Promise::Deferred::New(info.Env());
    if (fault) {
      deferred.Reject(Napi::Error::New(info.Env(), *fault).Value());
    } else {
      deferred.Resolve(info.Env().Undefined());
    }
    return deferred.Promise();
  }
  return promise([] {}, Napi::Object::New(info.Env()));
}

void NativeDevice::close(const Napi::CallbackInfo&) {
  executor_->stop();
  kept_.clear();
  allocator_.clear();
}

}  // namespace hadal
