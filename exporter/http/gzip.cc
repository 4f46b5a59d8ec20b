// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "perfdata/base/number.h"

namespace pingtrail::http {
namespace {

constexpr std::size_t kPieceBytes = 32768;

class Whole : public BodySource {
 public:
  explicit Whole(std::string body) : body_(std::move(body)) {}
  bool next(std::string& out) override {
    const std::size_t size = std::min(kPieceBytes, body_.size() - sent_);
    out.append(body_, sent_, size);
    sent_ += size;
    return sent_ < body_.size();
  }

 private:
  std::string body_;
  std::size_t sent_ = 0;
};

class Compressed : public BodySource {
 public:
  explicit Compressed(std::shared_ptr<BodySource> source) : source_(std::move(source)) {
    constexpr int kGzipWindow = 15 + 16;  // zlib's sign for gzip's header and trailer
    constexpr int kMemoryLevel = 8;
    good_ = deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                         Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Compressed() override {
    if (good_) deflateEnd(&stream_);
  }
  Compressed(const Compressed&) = delete;
  Compressed& operator=(const Compressed&) = delete;

  // zlib keeps back some tens of KB before it gives any: goes on until there is a piece to send.
  bool next(std::string& out) override {
    if (!good_ || ended_) return false;
    const std::size_t before = out.size();
    while (out.size() == before && !ended_) {
      input_.clear();
      const bool more = source_->next(input_);
      deflate_input(out, more ? Z_NO_FLUSH : Z_FINISH);
      ended_ = !more;
    }
    return !ended_;
  }

 private:
  void deflate_input(std::string& out, int flush) {
    // zlib does not write to its input, though its type does not say so in every version.
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(input_.size());
    do {
      const std::size_t used = out.size();
      out.resize(used + kPieceBytes);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + used);
      stream_.avail_out = static_cast<uInt>(kPieceBytes);
      deflate(&stream_, flush);
      out.resize(used + kPieceBytes - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  std::shared_ptr<BodySource> source_;
  std::string input_;
  z_stream stream_{};
  bool good_ = false;
  bool ended_ = false;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The quality of an item behind its name: 1 unless it says otherwise.
double quality(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::size_t end = std::min(parameters.find(';'), parameters.size());
    const std::string_view one = trimmed(parameters.substr(0, end));
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
    if (one.starts_with("q=")) return base::parse_decimal(one.substr(2)).value_or(0);
  }
  return 1;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<double> named;
  std::optional<double> any;
  while (!accept_encoding.empty()) {
    const std::size_t end = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view item = accept_encoding.substr(0, end);
    accept_encoding.remove_prefix(std::min(end + 1, accept_encoding.size()));
    const std::size_t mark = std::min(item.find(';'), item.size());
    const std::string_view name = trimmed(item.substr(0, mark));
    const double q = quality(item.substr(std::min(mark + 1, item.size())));
    if (name == "gzip" || name == "x-gzip") named = q;
    if (name == "*") any = q;
  }
  return named.value_or(any.value_or(0)) > 0;
}

std::shared_ptr<BodySource> compressed(std::shared_ptr<BodySource> source) {
  return std::make_shared<Compressed>(std::move(source));
}

std::shared_ptr<BodySource> whole(std::string body) {
  return std::make_shared<Whole>(std::move(body));
}

}  // namespace pingtrail::http
