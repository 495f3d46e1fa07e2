// The kernels of recurrent cells, for the instruction set of the unit that includes this.

#include "recurrent/products.inl"
#include "recurrent/sequence.inl"
#include "recurrent/lstm.inl"
#include "recurrent/gru.inl"

// Places of as many floats as there are units, for each row of a gradient.
constexpr std::ptrdiff_t kGradientPlaces = 4;

RecurrentKernels recurrentKernels() {
  RecurrentKernels all = {};
  all.tileRows = kRecurrentRows;
  all.packedFloats = [](std::ptrdiff_t units, std::ptrdiff_t gates) { return packedGates(units, gates); };
  all.scratchFloats = [](std::ptrdiff_t units) { return kGradientPlaces * units; };
  constexpr int kLstm = static_cast<int>(RecurrentCell::lstm);
  constexpr int kAfter = static_cast<int>(RecurrentCell::gruAfter);
  constexpr int kBefore = static_cast<int>(RecurrentCell::gruBefore);
  all.packRun[kLstm] = &packLstmRun;
  all.packRun[kAfter] = &packGruRunAfter;
  all.packRun[kBefore] = &packGruRunBefore;
  all.packGradient[kLstm] = &packLstmGradient;
  all.packGradient[kAfter] = &packGruGradient;
  all.packGradient[kBefore] = &packGruGradient;
  all.run[kLstm] = &runLstm;
  all.run[kAfter] = &runGruAfter;
  all.run[kBefore] = &runGruBefore;
  all.gradient[kLstm] = &differentiateLstm;
  all.gradient[kAfter] = &differentiateGruAfter;
  all.gradient[kBefore] = &differentiateGruBefore;
  return all;
}
