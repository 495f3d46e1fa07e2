// Scalar operations over blocks, for the instruction set of the unit that includes this.

template <class T, class F>
inline void eachLane(void* to, const void* a, const void* b, int lanes, F operation) {
  auto* result = static_cast<T*>(to);
  const auto* x = static_cast<const T*>(a);
  const auto* y = static_cast<const T*>(b);
  const int count = lanes / kLaneGroup * kLaneGroup;
#pragma GCC ivdep
  for (int i = 0; i < count; i++) result[i] = operation(x[i], y[i]);
}

LoopOperations loopOperations() {
  LoopOperations all = {};
  all.scalar[static_cast<int>(ScalarOp::add)][static_cast<int>(RegisterType::f32)] =
      [](void* to, const void* a, const void* b, const void*, int lanes) {
        eachLane<float>(to, a, b, lanes, [](float x, float y) { return x + y; });
      };
  return all;
}
