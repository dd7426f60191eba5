import { describe, expect, it } from 'vitest';
import { aboutDuration, bytesText, countText, duration, macsText, percentText, small } from './numbers.ts';

describe('numbers for people', () => {
  it.each([
    [0, '0'],
    [524, '524'],
    [999.6, '1.00 K'],
    [66_048, '66.0 K'],
    [2_462_736, '2.46 M'],
    [674_834_720, '675 M'],
    [118.6e9, '119 G'],
  ])('count %d as %s', (count, text) => expect(countText(count)).toBe(text));

  it('name the unit of multiply-adds', () => expect(macsText(5_242_880)).toBe('5.24 MMAC'));

  it.each([
    [86, 100, '−14%'],
    [100.9, 100, '+0.9%'],
    [99.99, 100, '0%'],
    [100, 100, '0%'],
    [182, 100, '+82%'],
    [109.96, 100, '+10%'],
    [5, 0, 'new'],
  ])('change %d from %d as %s', (now, was, text) => expect(percentText(now, was)).toBe(text));

  it.each([
    [null, '–'],
    [Number.NaN, 'NaN'],
    [0.0314, '0.031'],
    [0.1641, '0.164'],
    [1.0234, '1.02'],
    [0.0000213, '2.1e−5'],
    [-0.5, '−0.500'],
  ])('write %s as %s', (value, text) => expect(small(value)).toBe(text));

  it.each([
    [8.4, '8 s'],
    [95, '1 min 35 s'],
    [120, '2 min'],
    [725, '12 min'],
    [7500, '2 h 5 min'],
  ])('take %d s as %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  it('guess no finer than they know', () => {
    expect(aboutDuration(3)).toBe('5 s');
    expect(aboutDuration(61)).toBe('60 s');
    expect(aboutDuration(250)).toBe('4 min');
  });

  it('weigh files', () => {
    expect(bytesText(812)).toBe('812 B');
    expect(bytesText(9_876_543)).toBe('9.88 MB');
  });
});
