"""Pages of /metrics as each engine writes them, made up here: one server that answered ten requests.

Each request had 64 input and 16 output tokens, a TTFT of 50 ms and a TPOT of 10 ms.
"""

from __future__ import annotations

VLLM = """\
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="m"} 2.0
vllm:num_requests_waiting{engine="0",model_name="m"} 1.0
vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.5
vllm:prompt_tokens_total{engine="0",model_name="m"} 640.0
vllm:prompt_tokens_created{engine="0",model_name="m"} 1.7e+09
vllm:generation_tokens_total{engine="0",model_name="m"} 160.0
vllm:request_success_total{engine="0",finished_reason="stop",model_name="m"} 4.0
vllm:request_success_total{engine="0",finished_reason="length",model_name="m"} 6.0
vllm:prefix_cache_queries_total{engine="0",model_name="m"} 640.0
vllm:prefix_cache_hits_total{engine="0",model_name="m"} 32.0
vllm:external_prefix_cache_queries_total{engine="0",model_name="m"} 608.0
vllm:external_prefix_cache_hits_total{engine="0",model_name="m"} 16.0
vllm:num_preemptions_total{engine="0",model_name="m"} 3.0
vllm:admission_rejections_total{engine="0",reason="queue"} 5.0
vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf",model_name="m"} 10.0
vllm:time_to_first_token_seconds_sum{engine="0",model_name="m"} 0.5
vllm:time_to_first_token_seconds_count{engine="0",model_name="m"} 10.0
vllm:inter_token_latency_seconds_sum{engine="0",model_name="m"} 1.5
vllm:inter_token_latency_seconds_count{engine="0",model_name="m"} 150.0
vllm:e2e_request_latency_seconds_sum{engine="0",model_name="m"} 2.0
vllm:e2e_request_latency_seconds_count{engine="0",model_name="m"} 10.0
vllm:request_queue_time_seconds_sum{engine="0",model_name="m"} 0.25
vllm:request_queue_time_seconds_count{engine="0",model_name="m"} 10.0
vllm:spec_decode_num_drafts_total{engine="0",model_name="m"} 60.0
vllm:spec_decode_num_draft_tokens_total{engine="0",model_name="m"} 120.0
vllm:spec_decode_num_accepted_tokens_total{engine="0",model_name="m"} 90.0
vllm:spec_decode_num_accepted_tokens_per_pos_total{engine="0",model_name="m",position="0"} 50.0
"""

OLD_VLLM = """\
vllm:gpu_cache_usage_perc 0.5
vllm:gpu_prefix_cache_queries_total 640.0
vllm:gpu_prefix_cache_hits_total 32.0
vllm:time_per_output_token_seconds_sum 1.5
vllm:time_per_output_token_seconds_count 150.0
"""

SGLANG = """\
# TYPE sglang:num_running_reqs gauge
sglang:num_running_reqs{engine_type="unified",model_name="m",moe_ep_rank="0",pp_rank="0",tp_rank="0"} 2.0
sglang:num_running_reqs{engine_type="unified",model_name="m",moe_ep_rank="0",pp_rank="0",tp_rank="1"} 2.0
sglang:num_queue_reqs{dp_rank="0",model_name="m",tp_rank="0"} 1.0
sglang:num_queue_reqs{dp_rank="1",model_name="m",tp_rank="1"} 4.0
sglang:token_usage{model_name="m",tp_rank="0"} 0.5
sglang:token_usage{model_name="m",tp_rank="1"} NaN
sglang:gen_throughput{model_name="m",tp_rank="0"} 812.5
sglang:cache_hit_rate{model_name="m",tp_rank="0"} 0.075
sglang:prompt_tokens_total{model_name="m"} 640.0
sglang:generation_tokens_total{model_name="m"} 160.0
sglang:cached_tokens_total{cache_source="device",model_name="m"} 32.0
sglang:cached_tokens_total{cache_source="host",model_name="m"} 16.0
sglang:num_requests_total{model_name="m"} 10.0
sglang:num_retracted_requests_total{model_name="m",tp_rank="0"} 3.0
sglang:num_retracted_reqs{model_name="m",tp_rank="0"} 9.0
sglang:time_to_first_token_seconds_sum{model_name="m"} 0.5
sglang:time_to_first_token_seconds_bucket{le="+Inf",model_name="m"} 10.0
sglang:time_to_first_token_seconds_count{model_name="m"} 10.0
sglang:inter_token_latency_seconds_sum{model_name="m"} 1.5
sglang:inter_token_latency_seconds_count{model_name="m"} 150.0
sglang:e2e_request_latency_seconds_sum{model_name="m"} 2.0
sglang:e2e_request_latency_seconds_count{model_name="m"} 10.0
sglang:queue_time_seconds_sum{model_name="m",tp_rank="0"} 0.25
sglang:queue_time_seconds_count{model_name="m",tp_rank="0"} 10.0
sglang:spec_verify_calls_total{model_name="m"} 60.0
sglang:spec_accept_rate{dp_rank="0",model_name="m",tp_rank="0"} 0.75
sglang:spec_accept_rate{dp_rank="1",model_name="m",tp_rank="1"} 0.0
sglang:spec_accept_length{dp_rank="0",model_name="m",tp_rank="0"} 2.5
sglang:spec_accept_length{dp_rank="1",model_name="m",tp_rank="1"} 3.5
"""

TGI = """\
# TYPE tgi_request_count counter
tgi_request_count 12
# TYPE tgi_request_success counter
tgi_request_success 10
# TYPE tgi_request_failure counter
tgi_request_failure{err="overloaded"} 2
# TYPE tgi_queue_size gauge
tgi_queue_size 1
tgi_batch_current_size 2
tgi_batch_current_max_tokens 4096
tgi_batch_inference_count{method="decode"} 150
tgi_request_input_length_bucket{le="+Inf"} 10
tgi_request_input_length_sum 640
tgi_request_input_length_count 10
tgi_request_generated_tokens_sum 160
tgi_request_generated_tokens_count 10
tgi_request_duration_sum 2
tgi_request_duration_count 10
tgi_request_queue_duration_sum 0.25
tgi_request_queue_duration_count 10
tgi_request_mean_time_per_token_duration_sum 0.125
tgi_request_mean_time_per_token_duration_count 10
tgi_request_skipped_tokens_sum 90
tgi_request_skipped_tokens_count 70
"""

LLAMACPP = """\
# HELP llamacpp:prompt_tokens_total Prompt tokens that were computed.
# TYPE llamacpp:prompt_tokens_total counter
llamacpp:prompt_tokens_total 592
# TYPE llamacpp:prompt_seconds_total counter
llamacpp:prompt_seconds_total 0.4
llamacpp:prompt_tokens_cached_total 48
llamacpp:tokens_predicted_total 160
llamacpp:tokens_predicted_seconds_total 1.5
llamacpp:n_decode_total 75
llamacpp:n_busy_slots_per_decode 2.1
llamacpp:prompt_tokens_seconds 1600
llamacpp:predicted_tokens_seconds 106.7
llamacpp:kv_cache_usage_ratio 0.5
llamacpp:requests_processing 2
llamacpp:requests_deferred 1
llamacpp:spec_decode_num_draft_tokens_total 120
llamacpp:spec_decode_num_accepted_tokens_total 90
llamacpp:spec_decode_num_drafts_total 60
"""

TENSORRT_LLM = """\
# TYPE trtllm_request_success_total counter
trtllm_request_success_total{engine_type="trtllm",finished_reason="stop",model_name="m"} 4.0
trtllm_request_success_total{engine_type="trtllm",finished_reason="length",model_name="m"} 6.0
trtllm_prompt_tokens_total{engine_type="trtllm",model_name="m"} 640.0
trtllm_generation_tokens_total{engine_type="trtllm",model_name="m"} 160.0
trtllm_prompt_cached_tokens_total{engine_type="trtllm",model_name="m"} 48.0
trtllm_prompt_cache_hit_tokens_total{cache_level="0",cache_tier="gpu",model_name="m"} 48.0
trtllm_num_requests_running{engine_type="trtllm",model_name="m"} 2.0
trtllm_num_requests_waiting{engine_type="trtllm",model_name="m"} 1.0
trtllm_kv_cache_utilization{engine_type="trtllm",model_name="m"} 0.5
trtllm_kv_cache_reused_blocks_total{engine_type="trtllm",model_name="m"} 7.0
trtllm_time_to_first_token_seconds_sum{engine_type="trtllm",model_name="m"} 0.5
trtllm_time_to_first_token_seconds_count{engine_type="trtllm",model_name="m"} 10.0
trtllm_time_per_output_token_seconds_sum{engine_type="trtllm",model_name="m"} 0.1
trtllm_time_per_output_token_seconds_count{engine_type="trtllm",model_name="m"} 10.0
trtllm_request_decode_time_seconds_sum{engine_type="trtllm",model_name="m"} 1.5
trtllm_request_decode_time_seconds_count{engine_type="trtllm",model_name="m"} 10.0
trtllm_e2e_request_latency_seconds_sum{engine_type="trtllm",model_name="m"} 2.0
trtllm_e2e_request_latency_seconds_count{engine_type="trtllm",model_name="m"} 10.0
trtllm_request_queue_time_seconds_sum{engine_type="trtllm",model_name="m"} 0.25
trtllm_request_queue_time_seconds_count{engine_type="trtllm",model_name="m"} 10.0
trtllm_spec_decode_num_draft_tokens_total{engine_type="trtllm",model_name="m"} 120.0
trtllm_spec_decode_num_accepted_tokens_total{engine_type="trtllm",model_name="m"} 90.0
"""
