// The kernels of products, for the instruction set of the unit that includes this.

#include "products/tiles.inl"
#include "products/accumulate.inl"
#include "products/pack.inl"
#include "products/few_rows.inl"
#include "products/halves.inl"

ProductKernels productKernels() {
  ProductKernels all = {};
  all.lanes = kLanes;
  all.tileRows = kTileRows;
  auto& inPlace = all.tiles[static_cast<int>(LeftForm::inPlace)];
  listTiles<false, 1>(inPlace[0]);
  listTiles<false, 2>(inPlace[1]);
  auto& packed = all.tiles[static_cast<int>(LeftForm::packed)];
  listTiles<true, 1>(packed[0]);
  listTiles<true, 2>(packed[1]);
  listAccumulating<1>(all.accumulate[0]);
  listAccumulating<2>(all.accumulate[1]);
  all.sumRows = &sumRows;
  all.pack = &pack;
  all.sumPanel = &sumPanel;
  all.stripes[0] = &stripe<1>;
  all.stripes[1] = &stripe<2>;
  all.stripes[2] = &stripe<3>;
  all.stripes[3] = &stripe<4>;
  all.dots[0] = &dots<1>;
  all.dots[1] = &dots<2>;
  all.dots[2] = &dots<3>;
  all.dots[3] = &dots<4>;
  all.finishRow = &finishRow;
  all.add = &addTo;
  all.roundToFloat16 = &roundAll<roundedToFloat16>;
  all.roundToBfloat16 = &roundAll<roundedToBfloat16>;
  return all;
}
