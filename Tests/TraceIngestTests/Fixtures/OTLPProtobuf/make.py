# Writes the fixtures of this folder: `python3 make.py .` with opentelemetry-proto 1.45.2, protobuf and zstandard from PyPI.
import json, base64, struct, gzip, sys, os
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.trace.v1 import trace_pb2 as t
from opentelemetry.proto.logs.v1 import logs_pb2 as l
from opentelemetry.proto.metrics.v1 import metrics_pb2 as m
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue, ArrayValue, KeyValueList
out=sys.argv[1]
def v(x):
    if x is None: return AnyValue()
    if isinstance(x,bool): return AnyValue(bool_value=x)
    if isinstance(x,int): return AnyValue(int_value=x)
    if isinstance(x,float): return AnyValue(double_value=x)
    if isinstance(x,str): return AnyValue(string_value=x)
    if isinstance(x,bytes): return AnyValue(bytes_value=x)
    if isinstance(x,list): return AnyValue(array_value=ArrayValue(values=[v(y) for y in x]))
    if isinstance(x,dict): return AnyValue(kvlist_value=KeyValueList(values=kv(x)))
def kv(d): return [KeyValue(key=k,value=v(x)) for k,x in d.items()]
ID={'traceId','spanId','parentSpanId'}
def hexed(o):
    if isinstance(o,dict):
        return {k:(base64.b64decode(x).hex() if k in ID else hexed(x)) for k,x in o.items()}
    if isinstance(o,list): return [hexed(x) for x in o]
    return o
def js(msg): return json.dumps(hexed(MessageToDict(msg,use_integers_for_enums=True)),separators=(',',':'),ensure_ascii=False)
T=bytes.fromhex('5b8efff798038103d269b633813fc60c')
def S(n): return bytes.fromhex('eee19b7ec3c1b1%02x'%n)
B=1544712660000000000
def traces():
    d=t.TracesData()
    r=d.resource_spans.add(schema_url='https://opentelemetry.io/schemas/1.24.0')
    r.resource.attributes.extend(kv({'service.name':'cart','service.version':'1.2','host.name':'node-1','empty':'','list':[1,'a',None]}))
    r.resource.dropped_attributes_count=0
    s=r.scope_spans.add(); s.scope.name='lib'; s.scope.version='2'; s.scope.attributes.extend(kv({'a':1}))
    a=s.spans.add(trace_id=T,span_id=S(1),name='GET /cart',kind=2,start_time_unix_nano=B,end_time_unix_nano=B+10**9,trace_state='k=v',flags=0x301)
    a.attributes.extend(kv({'http.request.method':'GET','http.route':'/cart','http.response.status_code':500,'big':9007199254740993,'negative':-5,'ratio':0.1,'whole':5.0,'yes':True,'no':False,'nothing':None,'text':'é\u4e2d\U0001f600"\\\n\u0001','bytes':b'\x00\xff\x10','bytes2':b'ab','nobytes':b'','deep':{'a':{'b':[1,[2,{'c':'d'}]]},'e':[]},'emptylist':[],'emptymap':{},'min':-2**63,'max':2**63-1,'nan':float('nan'),'inf':float('inf'),'minus':float('-inf'),'long':'x'*300}))
    a.status.code=2; a.status.message='it broke'
    e=a.events.add(time_unix_nano=B+5,name='exception'); e.attributes.extend(kv({'exception.type':'ValueError','exception.message':'no','exception.stacktrace':'Traceback (most recent call last):\n  File "a.py", line 3, in f\nValueError: no\n'}))
    a.events.add(time_unix_nano=B+6,name='retry',dropped_attributes_count=2)
    k=a.links.add(trace_id=bytes(range(16)),span_id=S(9),trace_state='x=y',flags=1); k.attributes.extend(kv({'why':'batch'}))
    a.dropped_attributes_count=3; a.dropped_events_count=4; a.dropped_links_count=5
    b=s.spans.add(trace_id=T,span_id=S(2),parent_span_id=S(1),name='SELECT',kind=3,start_time_unix_nano=B+10,end_time_unix_nano=B+20)
    b.attributes.extend(kv({'db.system.name':'postgresql','server.address':'db','repeated':1})); b.attributes.extend(kv({'repeated':2}))
    s.spans.add(trace_id=T,span_id=S(3),name='unfinished',start_time_unix_nano=B+10)
    s.spans.add(trace_id=T[:8],span_id=S(4)[:4],name='odd ids',kind=9,start_time_unix_nano=2**63,end_time_unix_nano=B)
    s.spans.add(name='no ids',start_time_unix_nano=B,end_time_unix_nano=B)
    s2=r.scope_spans.add(); s2.spans.add(trace_id=T,span_id=S(5),name='no scope',start_time_unix_nano=B,end_time_unix_nano=B)
    r2=d.resource_spans.add(); s3=r2.scope_spans.add(); s3.spans.add(trace_id=T,span_id=S(6),parent_span_id=S(1),name='no resource',start_time_unix_nano=B,end_time_unix_nano=B+1)
    return d
def logs():
    d=l.LogsData(); r=d.resource_logs.add(); r.resource.attributes.extend(kv({'service.name':'cart'}))
    s=r.scope_logs.add(); s.scope.name='logger'
    x=s.log_records.add(time_unix_nano=B,observed_time_unix_nano=B+1,severity_number=17,severity_text='ERROR',trace_id=T,span_id=S(1),flags=1,event_name='app.crash')
    x.body.string_value='it "broke"'; x.attributes.extend(kv({'exception.type':'ValueError','exception.message':'no','k':[1,2]}))
    y=s.log_records.add(observed_time_unix_nano=5,severity_number=9,dropped_attributes_count=1); y.body.CopyFrom(v({'a':1,'b':{'c':[True]}}))
    s.log_records.add(severity_text='Warning')
    z=s.log_records.add(time_unix_nano=B); z.body.bytes_value=b'\x01\x02'
    return d
def metrics():
    d=m.MetricsData(); r=d.resource_metrics.add(); r.resource.attributes.extend(kv({'service.name':'cart'}))
    s=r.scope_metrics.add(); s.scope.name='meter'
    g=s.metrics.add(name='http.server.dura',description='duration',unit='By')  # 16 and 8 characters, as ids have
    g.gauge.data_points.add(time_unix_nano=B,as_double=1.5).attributes.extend(kv({'a':'b'}))
    g.gauge.data_points.add(time_unix_nano=B+1,as_int=-3,flags=1)
    c=s.metrics.add(name='requests'); c.sum.aggregation_temporality=2; c.sum.is_monotonic=True
    p=c.sum.data_points.add(start_time_unix_nano=B,time_unix_nano=B+9,as_int=2**62)
    e=p.exemplars.add(time_unix_nano=B+3,as_double=2.5,trace_id=T,span_id=S(1)); e.filtered_attributes.extend(kv({'f':1}))
    h=s.metrics.add(name='latency',unit='ms'); h.histogram.aggregation_temporality=1
    h.histogram.data_points.add(start_time_unix_nano=B,time_unix_nano=B+9,count=6,sum=10.5,bucket_counts=[1,2,3],explicit_bounds=[0.5,10.0],min=0.1,max=8.0)
    x=s.metrics.add(name='exponential'); x.exponential_histogram.aggregation_temporality=2
    q=x.exponential_histogram.data_points.add(time_unix_nano=B,count=7,sum=3.0,scale=-2,zero_count=1,zero_threshold=0.25)
    q.positive.offset=-3; q.positive.bucket_counts.extend([1,300,0]); q.negative.offset=4; q.negative.bucket_counts.extend([2])
    y=s.metrics.add(name='summary'); y.summary.data_points.add(time_unix_nano=B,count=3,sum=6.0).quantile_values.add(quantile=0.5,value=2.0)
    s.metrics.add(name='nothing')
    return d
def late():
    # a resource behind its scopes, lists in pieces: fields in an order that no generator writes and every reader must take
    def f(n,b):
        x=len(b); r=[]
        while True:
            r.append(x&127|(128 if x>127 else 0)); x>>=7
            if not x: break
        tag=n<<3|2; tr=[]
        while True:
            tr.append(tag&127|(128 if tag>127 else 0)); tag>>=7
            if not tag: break
        return bytes(tr)+bytes(r)+b
    d=traces(); r=d.resource_spans[0]; s=r.scope_spans[0]
    sp=s.spans[0]; at=[f(9,k.SerializeToString()) for k in sp.attributes]; rest=t.Span(); rest.CopyFrom(sp); rest.ClearField('attributes'); ev=[f(11,k.SerializeToString()) for k in rest.events]; rest.ClearField('events')
    span=at[0]+ev[0]+b''.join(at[1:5])+rest.SerializeToString()+b''.join(at[5:])+ev[1]
    scope=b''.join(f(2,x.SerializeToString()) for x in s.spans[1:3])+f(1,s.scope.SerializeToString())+f(2,span)+b''.join(f(2,x.SerializeToString()) for x in s.spans[3:])
    res=f(2,scope)+f(3,r.schema_url.encode())+f(2,r.scope_spans[1].SerializeToString())+f(1,r.resource.SerializeToString())
    j=t.TracesData(); j.CopyFrom(d); ss=j.resource_spans[0].scope_spans[0]; o=[ss.spans[1],ss.spans[2],ss.spans[0]]+list(ss.spans[3:]); n=[t.Span() for _ in o]
    for a,b in zip(n,o): a.CopyFrom(b)
    del ss.spans[:]; ss.spans.extend(n)
    return f(1,res)+f(1,d.resource_spans[1].SerializeToString()), j
def w(n,b): open(os.path.join(out,n),'wb').write(b)
tr,lg,mt=traces(),logs(),metrics()
for n,d in (('traces',tr),('logs',lg),('metrics',mt)):
    w(n+'.binpb',d.SerializeToString()); w(n+'.json',js(d).encode())
lb,lj=late(); w('fields-in-odd-order.binpb',lb); w('fields-in-odd-order.json',js(lj).encode())
import zstandard
fr=lambda b: struct.pack('>I',len(b))+b
Z=zstandard.ZstdCompressor(); gz=lambda b: gzip.compress(b,mtime=0)
msgs=[x.SerializeToString() for x in (tr,lg,mt)]; texts=[js(x).encode() for x in (tr,lg,mt)]
framed=b''.join(fr(b) for b in msgs)
w('requests.jsonl',b''.join(x+b'\n' for x in texts))
w('requests.proto',framed); w('requests.proto.gz',gz(framed)); w('requests.proto.zst',Z.compress(framed))
w('requests.messages-zstd.proto',b''.join(fr(Z.compress(b)) for b in msgs))
w('requests.messages-zstd.json',b''.join(fr(Z.compress(b)) for b in texts))
w('requests.messages-zstd.proto.gz',gz(b''.join(fr(Z.compress(b)) for b in msgs)))
w('requests.messages-stream-zstd.proto',b''.join(fr(zstandard.ZstdCompressor(write_content_size=False).compress(b)) for b in msgs))
w('traces.binpb.gz',gz(msgs[0])); w('traces.binpb.zst',Z.compress(msgs[0]))
# all three behind each other without lengths, as cat leaves them
w('concatenated.binpb',b''.join(msgs))
