/**
 * `@hadal/explain`: why a model decides as it does, as numbers, as pictures and as a report.
 */
export { type GradCam, type GradCamOptions, gradCam } from './attribution/grad-cam';
export {
  INTEGRATED_GRADIENTS_DEFAULTS,
  type IntegratedGradients,
  type IntegratedGradientsOptions,
  integratedGradients,
} from './attribution/integrated-gradients';
export { type Saliency, type SaliencyOptions, saliency } from './attribution/saliency';
export type { Explainable, TargetOptions } from './attribution/scores';
export { type Color, type ColorMapName, colorAt } from './image/color-map';
export { OVERLAY_DEFAULTS, type OverlayOptions, overlay } from './image/overlay';
export { encodePng, enlarge, type Picture, type PictureOptions, toPicture } from './image/picture';
export { sampleOf } from './image/sample';
export {
  type Report,
  type ReportLegend,
  type ReportSample,
  type ReportSection,
  renderReport,
} from './report/report';
