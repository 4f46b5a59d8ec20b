// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/cli/icinga_api.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "perfdata/base/fd.h"
#include "perfdata/base/posix_error.h"

namespace pingtrail::cli {
namespace {

using base::Error;
using base::ErrorKind;
using base::Expected;
using base::invalid_input;

constexpr std::size_t kMostBytes = std::size_t{64} << 20;
constexpr std::size_t kMostCredentialBytes = 4096;
// Of hosts only, and of them only what is read: a downtime has some thirty attributes.
constexpr std::string_view kQuestion =
    "/v1/objects/downtimes?filter=downtime.service_name==%22%22&attrs=host_name&attrs=service_name"
    "&attrs=start_time&attrs=end_time&attrs=fixed&attrs=duration&attrs=trigger_time"
    "&attrs=was_cancelled&attrs=remove_time&attrs=comment";

struct Body {
  std::string text;
  bool too_large = false;
};

std::size_t take(char* data, std::size_t, std::size_t bytes, void* into) {
  auto& body = *static_cast<Body*>(into);
  body.too_large = body.text.size() + bytes > kMostBytes;
  if (body.too_large) return 0;  // ends the transfer
  body.text.append(data, bytes);
  return bytes;
}

// The first thing that could not be set; libcurl answers so when it was built without it.
class Setup {
 public:
  explicit Setup(CURL* handle) : handle_(handle) {}
  template <typename Value>
  Setup& set(CURLoption option, Value value) {
    if (code_ == CURLE_OK) code_ = curl_easy_setopt(handle_, option, value);
    return *this;
  }
  CURLcode code() const { return code_; }

 private:
  CURL* handle_;
  CURLcode code_ = CURLE_OK;
};

std::string status_text(long status, const std::string& user) {
  std::string code = "HTTP " + std::to_string(status);
  if (status == 401) return code + ": user " + user + " or the password is refused";
  // Icinga 2.13 answers 404 to who may not ask.
  if (status == 403 || status == 404) {
    return code + ": user " + user + " lacks the permission objects/query/Downtime" +
           (status == 404 ? ", or this is no Icinga" : "");
  }
  if (status == 503) return code + ": Icinga is starting or reloading, to be tried again";
  return code;
}

std::string curl_text(CURLcode code, const char* detail, const Body& body,
                      base::Milliseconds timeout) {
  if (body.too_large) return "the answer is larger than 64 MiB";
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return "no answer within " + std::to_string(timeout.count() / 1000) + " s";
  }
  std::string out = detail[0] != '\0' ? detail : curl_easy_strerror(code);
  while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
  std::replace(out.begin(), out.end(), '\n', ' ');
  return (code == CURLE_PEER_FAILED_VERIFICATION ? "certificate: " : "") + out;
}

}  // namespace

Expected<IcingaCredentials> read_icinga_credentials(const std::string& path) {
  const base::Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0) return base::posix_error(path, errno);
  if (S_ISREG(status.st_mode) && (status.st_mode & S_IROTH) != 0) {
    return Error{ErrorKind::not_permitted, path + ": everybody may read it; take that right away"};
  }
  std::array<char, kMostCredentialBytes> bytes{};
  const ssize_t got = read(file.get(), bytes.data(), bytes.size());
  if (got < 0) return base::posix_error(path, errno);
  std::string line(bytes.data(), static_cast<std::size_t>(got));
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  const std::size_t colon = line.find(':');
  if (line.size() + 2 >= bytes.size() || line.find('\n') != std::string::npos || colon == 0 ||
      colon == std::string::npos) {
    return invalid_input(path, "not one line user:password");
  }
  return IcingaCredentials{line.substr(0, colon), line.substr(colon + 1)};
}

Expected<std::string> icinga_downtimes(const IcingaApi& api) {
  const std::string& url = api.url;
  const std::string rest = url.starts_with("https://") ? url.substr(8) : "";
  if (rest.empty()) return invalid_input(url, "does not begin with https://");
  if (rest.find('@') != std::string::npos) {
    return invalid_input("--icinga", "a user in the address; credentials come from a file");
  }
  if (rest.find('/') < rest.size() - 1 || rest.find_first_of("?# ") != std::string::npos) {
    return invalid_input(url, "not https://HOST:PORT");
  }
  const std::unique_ptr<CURL, void (*)(CURL*)> handle(curl_easy_init(), curl_easy_cleanup);
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(
      curl_slist_append(nullptr, "Accept: application/json"), curl_slist_free_all);
  if (!handle || !headers) return Error{ErrorKind::system, url + ": libcurl does not start"};
  Body body;
  std::array<char, CURL_ERROR_SIZE> detail{};
  const std::string address = url.substr(0, url.size() - (url.back() == '/' ? 1 : 0));
  Setup setup(handle.get());
  setup.set(CURLOPT_URL, (address + std::string(kQuestion)).c_str())
      .set(CURLOPT_PROTOCOLS_STR, "https")
      .set(CURLOPT_PROXY, "")
      .set(CURLOPT_NOSIGNAL, 1L)
      .set(CURLOPT_SSL_VERIFYPEER, 1L)
      .set(CURLOPT_SSL_VERIFYHOST, 2L)
      .set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC))
      .set(CURLOPT_USERNAME, api.credentials.user.c_str())
      .set(CURLOPT_PASSWORD, api.credentials.password.c_str())
      .set(CURLOPT_HTTPHEADER, headers.get())
      .set(CURLOPT_TIMEOUT_MS, static_cast<long>(api.timeout.count()))
      .set(CURLOPT_WRITEFUNCTION, take)
      .set(CURLOPT_WRITEDATA, &body)
      .set(CURLOPT_ERRORBUFFER, detail.data());
  if (!api.ca_file.empty()) setup.set(CURLOPT_CAINFO, api.ca_file.c_str());
  const CURLcode code = setup.code() == CURLE_OK ? curl_easy_perform(handle.get()) : setup.code();
  if (code != CURLE_OK) {
    return Error{ErrorKind::unreachable,
                 url + ": " + curl_text(code, detail.data(), body, api.timeout)};
  }
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return invalid_input(url, status_text(status, api.credentials.user));
  return std::move(body.text);
}

}  // namespace pingtrail::cli
