{
  "targets": [
    {
      "target_name": "hadal",
      "sources": [
        "native/addon.cc",
        "native/device.cc",
        "native/loops/block_program.cc",
        "native/loops/execution.cc",
        "native/loops/execution_memory.cc",
        "native/loops/geometry.cc",
        "native/loops/lane_space.cc",
        "native/loops/loop_kernel.cc",
        "native/loops/loop_program.cc",
        "native/attention/attention_call.cc",
        "native/attention/attention_kernel.cc",
        "native/attention/panels.cc",
        "native/library/library_kernel.cc",
        "native/convolutions/narrow_kernel.cc",
        "native/pooling/max_pool_kernel.cc",
        "native/products/accumulation.cc",
        "native/products/epilogue.cc",
        "native/products/job.cc",
        "native/products/kept_operands.cc",
        "native/products/plan.cc",
        "native/products/product.cc",
        "native/products/product_kernel.cc",
        "native/indexed/argsort_kernel.cc",
        "native/indexed/indexed_call.cc",
        "native/indexed/scan_kernel.cc",
        "native/indexed/scatter_kernel.cc",
        "native/recurrent/recurrent_kernel.cc",
        "native/program/executor.cc",
        "native/program/program.cc",
        "native/memory/allocator.cc",
        "native/pool/cores.cc",
        "native/pool/thread_pool.cc",
        "native/isa/dispatch.cc",
        "native/isa/portable.cc",
        "native/isa/avx2.cc",
        "native/isa/avx512.cc",
        "native/isa/avx512bf16.cc"
      ],
      "include_dirs": ["native", "<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_DEPRECATED", "NODE_ADDON_API_CPP_EXCEPTIONS_ALL"],
      "cflags!": ["-fno-exceptions", "-O2"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20", "-O2"],
      "cflags_cc": [
        "-std=gnu++17",
        "-O3",
        "-Wall",
        "-Wextra",
        "-Wno-psabi",
        "-fvisibility=hidden",
        "-fno-math-errno",
        "-fno-trapping-math"
      ],
      "xcode_settings": {
        "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
        "GCC_ENABLE_CPP_RTTI": "YES",
        "CLANG_CXX_LANGUAGE_STANDARD": "gnu++17",
        "MACOSX_DEPLOYMENT_TARGET": "11.0",
        "OTHER_CFLAGS": ["-O3", "-fno-math-errno", "-fno-trapping-math"]
      },
      # Kernels use vector extensions that Microsoft's own compiler does not have.
      "msbuild_toolset": "ClangCL",
      "msvs_settings": {
        "VCCLCompilerTool": {
          "ExceptionHandling": 1,
          "RuntimeTypeInfo": "true",
          "AdditionalOptions": ["/std:c++17", "/clang:-O3", "/clang:-fno-math-errno", "/clang:-fno-trapping-math"]
        }
      }
    }
  ]
}
