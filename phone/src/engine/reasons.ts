/** Why something did not go through: one plain Chinese sentence for each code. */
const REASONS: Record<string, string> = {
  // of this phone
  signed_out: "登录已失效，请重新登录；未发送的工作都还在这部手机上。",
  unsent_work: "这部手机上还有未发送的工作，请先联网发送或导出，再退出或换人登录。",
  offline: "暂时连不上服务器，连上后自动继续。",
  op_too_large: "这一条内容过大，服务器收不下，已单独保存；请导出后联系督导办。",
  not_readable: "手机里保存的文件已损坏，请重新拍摄。",
  storage_full: "手机存储空间已满，刚才的内容没有保存；请先清理空间，或联网上传已拍的照片。",
  storage_low: "手机剩余空间不足 200 MB，暂停拍照，以免照片丢失。请先联网上传，或清理手机空间。",
  server_differs: "服务器与应用的版本不一致，工作先保存在手机上；请更新应用，或联系督导办。",
  damaged: "手机里的数据库已损坏，打不开。请先导出，再重建数据库。",
  no_photo: "没有取到文件内容，请重新拍摄。",
  no_visit: "找不到这次到访，请先同步。",
  not_refused: "这一项还可以发送，请联网后再试。",
  not_exported: "请先导出并保存文件，再移出待传。",
  export_too_large: "未发送的内容超过 4 GB，一个文件装不下。请先联网上传一部分，再导出。",
  set_aside: "有内容因过大未能发送，请先处理后再提交。",
  upgrade: "应用版本过旧，请更新后再下载数据；未发送的工作不受影响。",
  // of an operation
  held: "服务器已收到，正在等它所依据的内容到达。",
  error: "服务器已收到，处理时出错，会自动重试。",
  conflict: "与同组另一部手机填写的不同，请当面核对后选定。",
  content_differs: "提交的内容与服务器上的不一致，请同步后重新提交。",
  late_lock: "到访已提交，这项内容由组长确认后补录。",
  late_assignment: "任务不属于您，或已因回避终止，内容已交督导办处理。",
  no_permission: "您没有进行这项操作的权限，内容已交督导办处理。",
  bad_state: "当前状态不允许这项操作，内容已交督导办处理。",
  invalid: "内容有误，未生效，已交督导办处理。",
  unknown_kind: "服务器不认识这项操作，内容已保留。",
  author_disabled: "账号或设备已停用，内容已交督导办处理。",
  id_reused: "编号重复，内容已保留，由督导办处理。",
  // of a file
  corrupt: "服务器收到的文件与登记的不符，正在重新上传。",
  gave_up: "多次上传后仍与登记的不符，请导出文件并联系督导办。",
  unsupported_type: "只接受 JPEG、PNG、WebP、HEIC 图片和 PDF 文件。",
  heic_unavailable: "服务器读不了 HEIC 照片，请改用 JPEG 拍摄。",
  two_types: "文件内容与类型不符，服务器未接受。",
  broken_pdf: "PDF 文件已损坏。",
  encrypted_pdf: "PDF 文件有密码，请去掉密码后重新添加。",
  broken_picture: "图片不完整，请重新拍摄。",
  too_many_pixels: "图片像素过大，请调低相机分辨率后重新拍摄。",
  no_signature: "签名图片不符合要求，请重新签名。",
  too_large: "文件过大（上限 64 MB）。",
  quota_open: "未传完的文件过多，稍后自动继续。",
  quota_day: "今天上传的数据已达上限，稍后自动继续。",
  too_many_uploads: "同时上传的文件过多，稍后自动继续。",
  throttled: "请求过于频繁，稍后自动继续。",
  disk_full: "服务器存储空间不足，稍后自动继续。",
  storage_down: "文件存储暂时不可用，稍后自动继续。",
  deposit_only: "此设备或账号已停用，只能继续上交未发送的工作。",
  no_sync: "此账号不使用离线同步。",
  device_taken: "此设备编号已登记给其他人员，请重新登录。",
  device_revoked: "此设备已被停用，请联系督导办。",
  bad_credentials: "账号或密码不正确。",
};

const UNKNOWN = "出现问题，工作已保存在手机上，请稍后重试或联系督导办。";

export function reason(code: string): string {
  return REASONS[code] ?? UNKNOWN;
}

/** Something the phone itself refuses; `message` is what the person reads. */
export class Problem extends Error {
  constructor(readonly code: string) {
    super(reason(code));
  }
}
