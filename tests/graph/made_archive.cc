// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/graph/made_archive.h"

#include <rrd.h>

#include <filesystem>
#include <stdexcept>

#include "perfdata/rrd/rra_config.h"
#include "perfdata/rrd/xml_page.h"

namespace pingtrail::support {
namespace {

constexpr std::size_t kBatch = 5000;

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> out;
  out.reserve(texts.size());
  for (const std::string& text : texts) out.push_back(text.c_str());
  return out;
}

void check(int status) {
  if (status != 0) throw std::runtime_error(::rrd_get_error());
}

}  // namespace

std::string page_of(const std::string& host, const std::string& service,
                    const std::vector<MadeSource>& sources) {
  std::vector<rrd::Source> told;
  told.reserve(sources.size());
  for (const MadeSource& source : sources) {
    told.push_back({source.label, source.unit, "1", source.warning, source.critical, "", ""});
  }
  rrd::XmlPage page;
  page.root = "/archives";
  page.sources = told;
  const bool own = service == "_HOST_";
  page.name = {rrd::clean_name(host), rrd::clean_name(service)};
  page.record.kind = own ? spool::RecordKind::host : spool::RecordKind::service;
  page.record.host = host;
  if (!own) page.record.service = service;
  return rrd::render_xml(page);
}

void make_archive(const TempDirectory& dir, const std::string& host, const std::string& service,
                  const std::vector<MadeSource>& sources, std::int64_t from_s, std::int64_t to_s,
                  const Samples& samples) {
  dir.write(host + "/" + service + ".xml", page_of(host, service, sources));
  const std::string path = dir.path(host + "/" + service + ".rrd");
  const rrd::RraConfig config = rrd::default_rra_config();
  std::vector<std::string> definitions;
  for (std::size_t i = 1; i <= sources.size(); ++i) {
    definitions.push_back("DS:" + std::to_string(i) + ":GAUGE:8460:U:U");
  }
  for (const rrd::Rra& rra : config.archives) definitions.push_back(rra_definition(rra));
  auto words = pointers(definitions);
  check(::rrd_create_r(path.c_str(), 60, from_s, static_cast<int>(words.size()), words.data()));
  std::vector<std::string> rows;
  const auto flush = [&] {
    if (rows.empty()) return;
    auto batch = pointers(rows);
    check(::rrd_update_r(path.c_str(), nullptr, static_cast<int>(batch.size()), batch.data()));
    rows.clear();
  };
  for (std::int64_t time_s = from_s + 60; time_s <= to_s; time_s += 60) {
    const auto values = samples(time_s);
    if (!values) continue;
    std::string row = std::to_string(time_s);
    for (const std::string& value : *values) row += ":" + value;
    rows.push_back(std::move(row));
    if (rows.size() == kBatch) flush();
  }
  flush();
}

}  // namespace pingtrail::support
