// The kernels of products, for the instruction set of the unit that includes this.

#include "products/tiles.inl"
#include "products/pack.inl"
#include "products/few_rows.inl"

ProductKernels productKernels() {
  ProductKernels all = {};
  all.lanes = kLanes;
  all.tileRows = kTileRows;
  listTiles<false, 1>(all.tiles[0][0]);
  listTiles<false, 2>(all.tiles[0][1]);
  listTiles<true, 1>(all.tiles[1][0]);
  listTiles<true, 2>(all.tiles[1][1]);
  all.pack = &pack;
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
  return all;
}
