# The messages of bench.yaml for Cap'n Proto, which has no integers above 64 bits: those are bytes.
@0xb1d3f3a6c0de5a17;

struct PoolState {
  pool @0 :Data;
  venue @1 :UInt16;
  reserve0 @2 :Data;
  reserve1 @3 :Data;
  blockNumber @4 :UInt64;
}

struct Quote {
  instrument @0 :UInt64;
  bid @1 :Int64;
  ask @2 :Int64;
  bidSize @3 :Int64;
  askSize @4 :Int64;
  exchangeTime @5 :UInt64;
}

struct Route {
  name @0 :Text;
  hops @1 :List(UInt64);
  limit :union {
    absent @2 :Void;
    value @3 :Int64;
  }
}
