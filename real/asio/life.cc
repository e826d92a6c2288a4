#include "real/asio/life.h"

#include <boost/asio/post.hpp>

namespace plumbline::real {

Life::Life(boost::asio::io_context& loop, fiber::StackPool& stacks)
    : loop_(loop), scheduler_(stacks, [this] { pump_soon(); }) {}

void Life::pump_soon() {
  boost::asio::post(loop_, [life = shared_from_this()] { life->scheduler_.run_ready(); });
}

void Life::freeze() {
  alive_ = false;
  scheduler_.freeze();
}

void Life::end() {
  freeze();
  scheduler_.end_all();
}

}  // namespace plumbline::real
