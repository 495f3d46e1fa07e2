// A device as JavaScript holds it: memory, kernels, and an executor. Addresses and kernels are numbers on the other side.
#pragma once

#include <napi.h>

#include <memory>
#include <unordered_map>
#include <vector>

#include "memory/allocator.h"
#include "products/kept_operands.h"
#include "program/executor.h"
#include "program/program.h"

namespace hadal {

class NativeDevice : public Napi::ObjectWrap<NativeDevice> {
 public:
  static Napi::Function define(Napi::Env env);

  // Of the number of threads and the most bytes that tensors may take.
  explicit NativeDevice(const Napi::CallbackInfo& info);
  ~NativeDevice() override;

 private:
  // What somebody waits for.
  struct Pending {
    Napi::Promise::Deferred deferred;
    // Keeps the array that is read into.
    Napi::ObjectReference target;
  };

  static void complete(Napi::Env env, Napi::Function callback, NativeDevice* device, Completion* completion);
  using Completions = Napi::TypedThreadSafeFunction<NativeDevice, Completion, complete>;

  // allocate(bytes): the address, or 0 where there is no room.
  Napi::Value allocate(const Napi::CallbackInfo& info);
  // free(address): throws for what is not in use.
  void free(const Napi::CallbackInfo& info);
  // usedBytes()
  Napi::Value usedBytes(const Napi::CallbackInfo& info);
  // write(address, bytes)
  void write(const Napi::CallbackInfo& info);
  // readNow(address, target): whether nothing was waiting, so that the target has been filled.
  Napi::Value readNow(const Napi::CallbackInfo& info);
  // readLater(address, target): a promise
  Napi::Value readLater(const Napi::CallbackInfo& info);
  // prepareLoop(name, words), prepareLibrary(words): the kernel's number
  Napi::Value prepareLoop(const Napi::CallbackInfo& info);
  Napi::Value prepareLibrary(const Napi::CallbackInfo& info);
  // useProgram(words): the array in which programs will be
  void useProgram(const Napi::CallbackInfo& info);
  // run(count): the program in the first words of that array
  void run(const Napi::CallbackInfo& info);
  // waitUntilIdle(): blocks
  void waitUntilIdle(const Napi::CallbackInfo& info);
  // sync(): a promise
  Napi::Value sync(const Napi::CallbackInfo& info);
  // close(): ends threads and frees memory
  void close(const Napi::CallbackInfo& info);

  // Of the environment: ends the executor before the memory it works on goes.
  static void tearDown(void* data);

  Napi::Value keep(std::unique_ptr<Kernel> kernel);
  Napi::Value promise(std::function<void()> work, Napi::Object target);
  void throwFault(Napi::Env env);

  bool isTornDown_ = false;
  Allocator allocator_;
  KeptOperands kept_{allocator_};
  std::vector<std::unique_ptr<Kernel>> kernels_;
  Napi::ObjectReference programArray_;
  const double* program_ = nullptr;
  std::uint64_t nextTicket_ = 0;
  std::unordered_map<std::uint64_t, Pending> pending_;
  Completions completions_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace hadal
