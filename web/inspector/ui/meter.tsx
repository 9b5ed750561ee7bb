/** How full something is. */
import { useId } from 'preact/hooks';

interface MeterProps {
  readonly label: string;
  readonly text: string;
  /** 0 to 1. */
  readonly share: number;
}

export function Meter({ label, text, share }: MeterProps) {
  const id = useId();
  const percent = Math.min(100, Math.round(share * 100));
  return (
    <div class="meter">
      <div class="row-of">
        <span class="dim" id={id}>
          {label}
        </span>
        <span class="number push">{text}</span>
      </div>
      <div
        class={`bar ${share > 0.8 ? 'full' : ''}`}
        role="meter"
        aria-labelledby={id}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={text}
      >
        <span style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}
