/** What users import from `@hadal/applications`. */
export { denseNet121, denseNet169, denseNet201 } from './images/densenet';
export { leNet } from './images/lenet';
export { mobileNetV2 } from './images/mobilenet-v2';
export type { ImageNetworkOptions } from './images/options';
export type { PreprocessMode, PreprocessOptions } from './images/preprocess';
export { preprocessInput } from './images/preprocess';
export {
  resNet18,
  resNet18V2,
  resNet34,
  resNet34V2,
  resNet50,
  resNet50V2,
  resNet101,
  resNet101V2,
  resNet152,
  resNet152V2,
} from './images/resnet';
export { vgg11, vgg13, vgg16, vgg19 } from './images/vgg';
